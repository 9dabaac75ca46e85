# circles.awk - the circles of a graph: each line of the input is "FROM TO".
#
# Prints a line for each group of nodes that reach each other, and below it each
# edge within the group with the third word of its input lines, if there is one.

{
	nodes[$1] = nodes[$2] = 1
	edge[$1, $2] = edge[$1, $2] (edge[$1, $2] == "" ? "" : " ") $3
	if (!(($1, $2) in seen)) {
		seen[$1, $2] = 1
		next_of[$1] = next_of[$1] " " $2
	}
}

# Mark in reach[] the nodes that can be reached from this one.
function walk(start, node,    i, n, list)
{
	n = split(next_of[node], list, " ")
	for (i = 1; i <= n; i++)
		if (!((start, list[i]) in reach)) {
			reach[start, list[i]] = 1
			walk(start, list[i])
		}
}

END {
	for (a in nodes)
		walk(a, a)
	for (a in nodes) {
		if (done[a] || !((a, a) in reach))
			continue
		text = a
		done[a] = 1
		for (b in nodes)
			if (!done[b] && ((a, b) in reach) && ((b, a) in reach)) {
				text = text " " b
				done[b] = 1
			}
		print text
		n = split(text, group, " ")
		for (i = 1; i <= n; i++)
			for (j = 1; j <= n; j++)
				if ((group[i], group[j]) in seen)
					print "  " group[i] " -> " group[j] ": " \
					    edge[group[i], group[j]]
	}
}
