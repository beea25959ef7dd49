#!/usr/bin/env bash
# Compiles each ABI header alone, as every C and C++ that plugin authors use, with every compiler that is
# here. Usage: headers_alone.sh INCLUDE_DIR
set -u
include=$1
failed=0
compilers=(gcc)
command -v clang-14 > /dev/null && compilers+=(clang-14)

# compile HEADER COMPILER ARGUMENT…
compile() {
  local header=$1
  shift
  if ! echo "#include \"$header\"" | "$@" -fsyntax-only -I"$include" - 2> "$errors"; then
    echo "$header: $*"
    cat "$errors"
    failed=1
  fi
}

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
strict=(-Wall -Wextra -Wpedantic -Werror)
for header in $(cd "$include" && find everbit -name '*.h' | LC_ALL=C sort); do
  for compiler in "${compilers[@]}"; do
    for standard in c99 c11 c17; do
      compile "$header" "$compiler" -x c -std=$standard "${strict[@]}" -Wc++-compat -Wpadded
    done
    for standard in c++11 c++17 c++20; do
      compile "$header" "$compiler" -x c++ -std=$standard "${strict[@]}"
    done
  done
  compile "$header" gcc -x c -std=c99 "${strict[@]}" -fshort-enums
done
exit $failed
