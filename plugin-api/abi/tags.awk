# Every function pointer of the ABI headers says on which thread it is called: the comment directly above
# it begins with [ctl], [strand], [any], [worker] or [tx].

/\/\*/ { comment = "" }
/\/\*/, /\*\// { comment = comment $0 }

/\(\*[a-z0-9_]+\)\(/ && !/^ *\*/ && !/^#/ {
  ++pointers
  if (comment !~ /\[(ctl|strand|any|worker|tx)[] &]/) {
    print FILENAME ":" FNR ": a function pointer without a thread tag: " $0
    wrong = 1
  }
}

# A tag speaks of one function.
/;[ \t]*(\/\*.*)?$/ { if ($0 !~ /\/\*/) comment = "" }

END {
  if (pointers < 50) { print "only " pointers " function pointers were found"; wrong = 1 }
  exit wrong
}
