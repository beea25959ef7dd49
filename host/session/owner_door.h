#pragma once

#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "session/audit.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::session {

enum class Admission { kOwner, kNotOwner, kOwnerNotSet };

// Who is the one owner. Until somebody is, a login becomes the owner only if the settings name it,
// or within 15 minutes of `everbit owner claim`, once. Any thread.
class OwnerDoor {
 public:
  // `named`: auth.ownerKakaoId, may be empty. The pool outlives it.
  OwnerDoor(store::Pool& pool, store::OwnerId owner, std::string named)
      : pool_(pool), owner_(owner), named_(std::move(named)) {}

  // Database errors.
  Result<Admission> admit(std::string_view subject, Deadline deadline);
  // Until when the door stands open. Codes OWNER_EXISTS, those of the database.
  Result<Timestamp> open(const Actor& actor, Deadline deadline);

 private:
  Result<void> become(std::string_view subject, Deadline deadline);

  store::Pool& pool_;
  const store::OwnerId owner_;
  const std::string named_;
};

}  // namespace everbit::session
