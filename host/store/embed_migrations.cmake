# cmake -D FOLDER=… -D OUTPUT=… -P embed_migrations.cmake: writes the files of migrations/ into a
# C++ file, so that the daemon needs no source tree.
file(GLOB files "${FOLDER}/[0-9][0-9][0-9][0-9]_*.sql")
list(SORT files)
set(entries "")
foreach(path IN LISTS files)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" sql)
  # Not through list operations: SQL is full of semicolons and brackets.
  string(APPEND entries "    {\"${name}\", R\"everbit_sql(${sql})everbit_sql\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"store/migrations.h\"

namespace everbit::store {
namespace {

constexpr Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const Migration> embedded_migrations() { return kMigrations; }

}  // namespace everbit::store
")
