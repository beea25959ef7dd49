#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "config/secret_versions.h"

namespace everbit::keys {

// A key of the exchange, in memory that is locked and wiped.
struct ExchangeKeyPair {
  Secret access_key;
  Secret secret_key;
};

// The same as the database has it: nonce, ciphertext and tag of each.
struct SealedKeyPair {
  int version = 0;
  std::string access_key;
  std::string secret_key;
};

// Encrypts the owner's key of the exchange with the master keys (page 60): AES-256-GCM, bound to
// the owner, the master key's version and the field, so that no cell of the table can stand in for
// another. The first version seals, all of them open. A value; any thread.
class KeyBox {
 public:
  // Codes: SECRET_SYNTAX, SECRET_SHORT: an id is no number from 1, or a key has not 32 bytes.
  static Result<KeyBox> make(std::vector<config::SecretVersion> master_keys);

  int newest_version() const { return masters_.front().version; }
  SealedKeyPair seal(const ExchangeKeyPair& key, const Uuid& owner) const;
  // Code KEY_UNREADABLE: the version is gone, or the bytes are not what was sealed for this owner.
  Result<ExchangeKeyPair> open(const SealedKeyPair& sealed, const Uuid& owner) const;

 private:
  struct Master {
    int version;
    Secret key;
  };
  KeyBox() = default;
  std::vector<Master> masters_;
};

}  // namespace everbit::keys
