# columns.awk - lines of C that are over 80 columns wide, a tab being eight.
#
# A row of a table in an app is left out: it begins with a brace or with a macro of
# prg.h, and ends with a comma.

{
	text = $0
	gsub(/[\200-\277]/, "", text)		# all but the first byte of a character
	while ((i = index(text, "\t")) > 0)
		text = substr(text, 1, i - 1) \
		    substr("        ", 1 + (i - 1) % 8) substr(text, i + 1)
	if (length(text) <= 80)
		next
	if (FILENAME ~ /^apps\// && $0 ~ /^[ \t]+(\{|PRG_[A-Z]+ *\()/)
		next
	print FILENAME ":" FNR ": " length(text) " columns"
}
