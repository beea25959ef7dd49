#include "keys/key_box.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "crypto/sealed_box.h"

namespace everbit::keys {
namespace {

constexpr std::string_view kAccessField = "access_key";
constexpr std::string_view kSecretField = "secret_key";
constexpr std::size_t kMasterSize = 32;
constexpr char kUnitSeparator = '\x1f';

std::string context_of(const Uuid& owner, int version, std::string_view field) {
  std::string context = "everbit-upbit-key";
  context += kUnitSeparator + owner.to_string();
  context += kUnitSeparator + std::to_string(version);
  context += kUnitSeparator;
  context += field;
  return context;
}

std::optional<int> number_of(const std::string& id) {
  int number = 0;
  const char* end = id.data() + id.size();
  const auto [stopped, error] = std::from_chars(id.data(), end, number);
  // One spelling for each number: it stands in the authenticated text.
  if (error != std::errc{} || stopped != end || number < 1 || id.front() == '0')
    return std::nullopt;
  return number;
}

std::optional<Secret> open_one(const Secret& master, const std::string& box,
                               const std::string& context) {
  auto plain = crypto::open(master, box, context);
  if (!plain) return std::nullopt;
  Secret secret(*plain);
  wipe(plain->data(), plain->size());
  return secret;
}

}  // namespace

Result<KeyBox> KeyBox::make(std::vector<config::SecretVersion> master_keys) {
  const std::string name = "UPBIT_KEY_MASTER_KEY";
  KeyBox box;
  for (config::SecretVersion& version : master_keys) {
    const auto number = number_of(version.id);
    if (!number) return Error("SECRET_SYNTAX", "has a version whose id is no number from 1", name);
    if (version.bytes.size() != kMasterSize) {
      return Error("SECRET_SHORT", "has a version that is not 32 bytes long", name);
    }
    box.masters_.push_back({*number, std::move(version.bytes)});
  }
  if (box.masters_.empty()) return Error("SECRET_SYNTAX", "has no version", name);
  return box;
}

SealedKeyPair KeyBox::seal(const ExchangeKeyPair& key, const Uuid& owner) const {
  const Master& master = masters_.front();
  const auto one = [&](const Secret& secret, std::string_view field) {
    return crypto::seal(master.key, secret.reveal(), context_of(owner, master.version, field));
  };
  return {master.version, one(key.access_key, kAccessField), one(key.secret_key, kSecretField)};
}

Result<ExchangeKeyPair> KeyBox::open(const SealedKeyPair& sealed, const Uuid& owner) const {
  const auto master = std::find_if(masters_.begin(), masters_.end(), [&](const Master& one) {
    return one.version == sealed.version;
  });
  const Error unreadable("KEY_UNREADABLE", "no master key opens it");
  if (master == masters_.end()) return unreadable;
  auto access =
      open_one(master->key, sealed.access_key, context_of(owner, sealed.version, kAccessField));
  auto secret =
      open_one(master->key, sealed.secret_key, context_of(owner, sealed.version, kSecretField));
  if (!access || !secret) return unreadable;
  return ExchangeKeyPair{std::move(*access), std::move(*secret)};
}

}  // namespace everbit::keys
