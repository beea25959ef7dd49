# Turns the ABI headers into a C program that prints the layout of every struct and the value of every
# constant. A field that this reader overlooked is noticed: the widths of a struct's fields must add up
# to its size, because no struct of the ABI has padding.

BEGIN {
  print "#include <stddef.h>\n#include <stdio.h>"
}

FNR == 1 {
  in_comment = 0
  header = FILENAME
  sub(/.*\/include\//, "", header)
  print "#include \"" header "\""
}

{
  line = $0
  # Comments go first; they may run over several lines.
  text = ""
  while (line != "") {
    if (in_comment) {
      end = index(line, "*/")
      if (end == 0) { line = ""; break }
      line = substr(line, end + 2)
      in_comment = 0
    } else {
      begin = index(line, "/*")
      if (begin == 0) { text = text line; line = "" } else {
        text = text substr(line, 1, begin - 1)
        line = substr(line, begin + 2)
        in_comment = 1
      }
    }
  }
  sub(/[ \t]+$/, "", text)
}

text ~ /^#define EB_[A-Z0-9_]+ [^ ]/ && text !~ /\\$/ {
  name = text
  sub(/^#define /, "", name)
  value = name
  sub(/ .*/, "", name)
  sub(/^[^ ]+ +/, "", value)
  if (value ~ /^"/ || value ~ /^\(?-?[0-9]/ || value ~ /^U?INT64_C/) constants[++n_constants] = name SUBSEP value
}

text ~ /^ *typedef struct [a-z0-9_]+ \{/ && text !~ /\\$/ {
  struct_name = text
  sub(/^ *typedef struct /, "", struct_name)
  sub(/ \{.*/, "", struct_name)
  structs[++n_structs] = struct_name
  fields[struct_name] = ""
  statement = ""
  next
}

struct_name != "" && text ~ /^\}/ { struct_name = ""; next }

struct_name != "" {
  statement = statement " " text
  if (statement !~ /;$/) next
  gsub(/[ \t]+/, " ", statement)
  sub(/^ /, "", statement)
  field = statement
  if (field ~ /\(\*[a-z0-9_]+\)/) {
    match(field, /\(\*[a-z0-9_]+\)/)
    field = substr(field, RSTART + 2, RLENGTH - 3)
  } else {
    sub(/;$/, "", field)
    sub(/\[[^]]*\]$/, "", field)
    sub(/.*[ *]/, "", field)
  }
  fields[struct_name] = fields[struct_name] " " field
  declared[struct_name, field] = statement
  statement = ""
}

END {
  print "int main(void) {\n  size_t widths;\n  int wrong = 0;"
  for (i = 1; i <= n_structs; ++i) {
    s = structs[i]
    printf "  printf(\"%s size %%zu\\n\", sizeof(%s));\n  widths = 0;\n", s, s
    n = split(fields[s], names, " ")
    for (k = 1; k <= n; ++k) {
      printf "  printf(\"  %%4zu +%%-4zu %s\\n\", offsetof(%s, %s), sizeof(((%s*)0)->%s));\n", \
        declared[s, names[k]], s, names[k], s, names[k]
      printf "  widths += sizeof(((%s*)0)->%s);\n", s, names[k]
    }
    printf "  if (widths != sizeof(%s)) { fprintf(stderr, \"%s: a field was overlooked, or there is padding\\n\"); wrong = 1; }\n", s, s
  }
  for (i = 1; i <= n_constants; ++i) {
    split(constants[i], pair, SUBSEP)
    gsub(/\\/, "\\\\", pair[2])
    gsub(/"/, "\\\"", pair[2])
    printf "  puts(\"%s %s\");\n", pair[1], pair[2]
  }
  print "  return wrong;\n}"
}
