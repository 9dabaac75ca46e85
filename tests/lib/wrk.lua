-- wrk.lua - the requests of one run of wrk(1), and a line of JSON at its end.
--
-- From the environment:
--   WRK_WANT    count the responses of this status, and the others; costs some speed
--   WRK_POST    POST this body; %n in it becomes a number, another one in each request
--   WRK_KEYS    a file of form keys; each is used in one POST
--   WRK_FIELD   the name of the field with the key
--   WRK_FROM    begin with the key of this number in each thread's part of the file
--   WRK_PATHS   a file of paths; GET them in turn
local want, post = tonumber(os.getenv("WRK_WANT")), os.getenv("WRK_POST")
local field = os.getenv("WRK_FIELD")
local threads, list, n, last = {}, {}, 0, 0
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function setup(thread)
	table.insert(threads, thread)
	thread:set("number", #threads)
	for _, t in ipairs(threads) do
		t:set("count", #threads)
	end
end

local function read(path)
	for line in io.lines(path) do
		table.insert(list, line)
	end
end

function init()
	wanted, other = 0, 0
	local keys, paths = os.getenv("WRK_KEYS"), os.getenv("WRK_PATHS")
	if keys then
		read(keys)
		local part = math.floor(#list / count)
		n = part * (number - 1) + (tonumber(os.getenv("WRK_FROM")) or 0)
		last = part * number
	elseif paths then
		read(paths)
		n = math.floor(#list / count) * (number - 1)
	end
end

function request()
	n = n + 1
	if post then
		local body = post:gsub("%%n", number .. "." .. n)
		if last > 0 then
			-- A key that is left out makes a submission as well, but
			-- another kind of work: the run must not get there.
			if n > last then error("wrk.lua: the keys have run out") end
			body = body .. "&" .. field .. "=" .. list[n]
		end
		return wrk.format("POST", nil, form, body)
	end
	return wrk.format("GET", #list > 0 and list[n % #list + 1] or nil)
end

if want then
	function response(status)
		if status == want then wanted = wanted + 1 else other = other + 1 end
	end
end

function done(summary, latency)
	local w, o, e = 0, 0, summary.errors
	for _, t in ipairs(threads) do
		w, o = w + t:get("wanted"), o + t:get("other")
	end
	print(string.format('JSON {"wanted": %d, "other": %d, "requests": %d, ' ..
	    '"seconds": %f, "p50": %f, "p99": %f, "connect": %d, "read": %d, ' ..
	    '"write": %d, "timeout": %d, "status": %d}', w, o, summary.requests,
	    summary.duration / 1e6, latency:percentile(50) / 1e3,
	    latency:percentile(99) / 1e3, e.connect, e.read, e.write, e.timeout,
	    e.status))
end
