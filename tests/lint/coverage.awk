# coverage.awk - from the output of gcov -t: the lines of each file of the framework that
# were not reached.

function flush()
{
	if (first)
		list = list " " first (last > first ? "-" last : "")
	first = 0
}

function report()
{
	if (file == "")
		return
	flush()
	printf "%-32s %4d of %4d lines%s%s\n", file, all - missed, all,
	    list == "" ? "" : ", not", list
}

{
	split($0, part, ":")
	count = part[1]
	line = part[2] + 0
	gsub(/ /, "", count)
}

line == 0 && part[3] == "Source" {
	report()
	file = part[4] ~ /^framework\/.*\.c$/ ? substr(part[4], 11) : ""
	list = ""
	all = missed = first = 0
	next
}

file == "" || line == 0 || count == "-" {
	next
}

{
	all++
}

count ~ /^[#=]/ {
	missed++
	if (!first)
		first = line
	last = line
	next
}

{
	flush()
}

END {
	report()
}
