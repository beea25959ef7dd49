#include "store/installation.h"

#include <array>

#include "base/random.h"
#include "store/transaction.h"

namespace everbit::store {
namespace {

constexpr Sql kInsertTag{"INSERT INTO installation (tag) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr Sql kReadTag{"SELECT tag FROM installation"};

constexpr Sql kInsertOwner{"INSERT INTO app_user (public_id) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr Sql kInsertSwitch{
    "INSERT INTO kill_switch (owner_id) SELECT id FROM app_user ON CONFLICT DO NOTHING"};
constexpr Sql kReadOwner{"SELECT id FROM app_user"};

std::string random_tag() {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  // 252 is the largest multiple of 36 in a byte: what lies above would favour some characters.
  constexpr std::uint8_t kLimit = 252;
  std::string tag;
  while (tag.size() < 6) {
    std::array<std::uint8_t, 1> byte{};
    secure_random(byte);
    if (byte[0] < kLimit) tag += kAlphabet[byte[0] % kAlphabet.size()];
  }
  return tag;
}

// Both rows exist once and for all, so a look comes first: a start writes nothing twice.
Result<Rows> read_one(Pool& pool, Deadline deadline, Sql read) {
  auto rows = pool.exec(deadline, read);
  if (rows && rows->empty()) return Error("NOT_THERE", "no row yet");
  return rows;
}

}  // namespace

Result<std::string> ensure_installation_tag(Pool& pool, Deadline deadline) {
  if (auto known = read_one(pool, deadline, kReadTag)) return known->front().get<std::string>(0);
  auto inserted = pool.exec(deadline, kInsertTag, random_tag());
  if (!inserted) return inserted.error();
  auto rows = read_one(pool, deadline, kReadTag);
  if (!rows) return rows.error();
  return rows->front().get<std::string>(0);
}

Result<OwnerId> ensure_owner(Pool& pool, const Clock& clock, Deadline deadline) {
  if (auto known = read_one(pool, deadline, kReadOwner)) return known->front().get<OwnerId>(0);
  auto transaction = Transaction::begin(pool, deadline);
  if (!transaction) return transaction.error();
  auto done = transaction->exec(kInsertOwner, Uuid::make_v7(clock.now()));
  if (done) done = transaction->exec(kInsertSwitch);
  if (!done) return done.error();
  if (const auto committed = transaction->commit(); !committed.committed()) return committed.error;
  auto rows = read_one(pool, deadline, kReadOwner);
  if (!rows) return rows.error();
  return rows->front().get<OwnerId>(0);
}

}  // namespace everbit::store
