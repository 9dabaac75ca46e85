-- wrk.lua - count the statuses that a POST gets.
local threads = {}

function setup(thread)
	table.insert(threads, thread)
end

function init()
	seen, other = 0, 0
	if os.getenv("WRK_POST") then
		wrk.method = "POST"
		wrk.body = os.getenv("WRK_POST")
		wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
		wanted = 303
	else
		wanted = 200
	end
end

function response(status)
	if status == wanted then seen = seen + 1 else other = other + 1 end
end

function done(summary)
	local s, o, e = 0, 0, summary.errors
	for _, thread in ipairs(threads) do
		s, o = s + thread:get("seen"), o + thread:get("other")
	end
	print(string.format("wanted %d other %d broken %d", s, o,
	    e.connect + e.read + e.write + e.timeout))
end
