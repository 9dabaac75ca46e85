# functions.awk - functions of C that have more lines than -v most=N.
#
# A function begins with the first line after a blank line, a comment or a directive,
# has its braces in the first column, and is measured from there to the last brace.

FNR == 1 {
	start = 1
	inside = 0
}

/^\{/ {
	inside = 1
}

/^\}/ {
	if (inside && FNR - start + 1 > most)
		print FILENAME ":" start ": " name "() has " FNR - start + 1 " lines"
	inside = 0
}

!inside && /^[a-z_]+\(/ {
	name = substr($0, 1, index($0, "(") - 1)
}

!inside && (/^$/ || /^#/ || /\*\/$/ || /^\}/) {
	start = FNR + 1
}
