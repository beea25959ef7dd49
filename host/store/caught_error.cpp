#include "store/caught_error.h"

#include <exception>
#include <pqxx/except>

#include "store/diagnostics.h"
#include "store/errors.h"

namespace everbit::store {
namespace {

std::string_view code_of(std::string_view state) {
  if (state == "23505" || state == "23P01") return kUniqueViolation;
  if (state == "23001") return kRefused;
  if (state.starts_with("23") || state == "22P02" || state == "22003") return kConstraint;
  if (state == "57014" || state == "55P03") return kTimeout;
  if (state.starts_with("53") || state == "58030") return kShortage;
  if (state.starts_with("57P") || state == "25P03") return kConnectionLost;
  return kSqlError;
}

Error of_statement(std::string_view code, const std::exception& thrown, std::string_view state) {
  auto said = read_diagnostics(thrown.what(), state);
  // Only here does the server name a constraint; elsewhere such a line is part of somebody's text.
  if (!state.starts_with("23")) said.constraint.clear();
  return make_error(code, std::move(said.message), std::move(said.constraint));
}

std::string lost_for(const std::exception& thrown) {
  const auto said = read_diagnostics(thrown.what(), {});
  return "connection lost" + (said.message.empty() ? "" : ": " + said.message);
}

}  // namespace

// libpqxx gives no SQLSTATE with the classes that are caught first.
Error caught_error() {
  try {
    throw;
  } catch (const pqxx::serialization_failure& thrown) {
    return of_statement(kConflict, thrown, "40001");
  } catch (const pqxx::deadlock_detected& thrown) {
    return of_statement(kConflict, thrown, "40P01");
  } catch (const pqxx::statement_completion_unknown& thrown) {
    return make_error(kConnectionLost, lost_for(thrown));
  } catch (const pqxx::transaction_rollback& thrown) {
    return of_statement(kConflict, thrown, "40000");
  } catch (const pqxx::sql_error& thrown) {
    return of_statement(code_of(thrown.sqlstate()), thrown, thrown.sqlstate());
  } catch (const pqxx::failure& thrown) {
    // A broken connection, a COMMIT in doubt, or no answer at all: nothing to go on with.
    return make_error(kConnectionLost, lost_for(thrown));
  } catch (const std::exception& thrown) {
    return make_error(kSqlError, thrown.what());
  }
}

}  // namespace everbit::store
