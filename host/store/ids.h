#pragma once

#include "base/ids.h"

namespace everbit::store {

// app_user.id: the owner_id of every row.
using OwnerId = StrongId<struct OwnerIdTag>;

}  // namespace everbit::store
