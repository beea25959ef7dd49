#include "exchange-upbit/accounts.h"

#include <array>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

bool read_word(const Token& token, eb_str& out) {
  std::string_view text;
  if (!word(token, text)) return false;
  out = borrow(text);
  return true;
}

bool read_asset(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 3> kSpecs{
      {{"currency", "cu"}, {"balance", "b"}, {"locked", "l"}}};
  std::array<Token, 3> t{};
  auto account = make<eb_account>();
  return read_fields(object, kSpecs, t) && read_word(t[0], account.currency) &&
         values.down(t[1], account.balance) && values.down(t[2], account.locked) &&
         add(out.accounts, account);
}

bool read_minimum(json::value& value, const Values& values, eb_dec& minimum) {
  constexpr std::array<FieldSpec, 1> kSpecs{{{"min_total"}}};
  std::array<Token, 1> t{};
  json::object object;
  return value.get_object().get(object) == simdjson::SUCCESS && read_fields(object, kSpecs, t) &&
         values.exact(t[0], minimum);
}

bool read_chance_market(json::value& value, const Values& values, eb_chance& chance) {
  enum { kId, kBid, kAsk, kMaxTotal, kState };
  constexpr std::array<FieldSpec, 5> kSpecs{{{"id"},
                                             {"bid", {}, FieldKind::kNested},
                                             {"ask", {}, FieldKind::kNested},
                                             {"max_total"},
                                             {"state"}}};
  std::array<Token, 5> t{};
  json::object object;
  const auto read_side = [&](std::size_t at, json::value& side) {
    return read_minimum(side, values, at == kBid ? chance.min_total_bid : chance.min_total_ask);
  };
  return value.get_object().get(object) == simdjson::SUCCESS &&
         read_fields(object, kSpecs, t, read_side) && market_code(t[kId], chance.market) &&
         !t[kBid].absent() && !t[kAsk].absent() && values.exact(t[kMaxTotal], chance.max_total) &&
         (t[kState].absent() || read_word(t[kState], chance.state));
}

}  // namespace

bool read_rest_account(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 4> kSpecs{
      {{"currency"}, {"balance"}, {"locked"}, {"avg_buy_price"}}};
  std::array<Token, 4> t{};
  auto account = make<eb_account>();
  account.flags = EB_ACCOUNT_SNAPSHOT;
  return read_fields(object, kSpecs, t) && read_word(t[0], account.currency) &&
         values.down(t[1], account.balance) && values.down(t[2], account.locked) &&
         (t[3].absent() || values.down(t[3], account.avg_buy_price)) && add(out.accounts, account);
}

bool read_ws_assets(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 2> kSpecs{
      {{"assets", "ast", FieldKind::kNested}, {"asset_timestamp", "asttms"}}};
  const std::size_t first = out.accounts.size();
  std::array<Token, 2> t{};
  eb_ts changed_at = 0;
  const auto read_all = [&](std::size_t, json::value& value) {
    return read_objects(value, [&](json::object& asset) { return read_asset(asset, values, out); });
  };
  if (!read_fields(object, kSpecs, t, read_all) || t[0].absent() || !epoch_ms(t[1], changed_at)) {
    return false;
  }
  for (std::size_t i = first; i < out.accounts.size(); ++i) out.accounts[i].asset_ts = changed_at;
  return true;
}

bool read_chance(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 3> kSpecs{
      {{"bid_fee"}, {"ask_fee"}, {"market", {}, FieldKind::kNested}}};
  std::array<Token, 3> t{};
  auto chance = make<eb_chance>();
  const auto read_inner = [&](std::size_t, json::value& value) {
    return read_chance_market(value, values, chance);
  };
  if (!read_fields(object, kSpecs, t, read_inner) || t[2].absent() ||
      !values.exact(t[0], chance.bid_fee) || !values.exact(t[1], chance.ask_fee)) {
    return false;
  }
  out.chance = chance;
  return true;
}

bool read_api_key(json::object& object, const Values&, Collected& out) {
  constexpr std::array<FieldSpec, 2> kSpecs{{{"access_key"}, {"expire_at"}}};
  std::array<Token, 2> t{};
  auto key = make<eb_api_key>();
  return read_fields(object, kSpecs, t) && read_word(t[0], key.access_key) &&
         zoned_time(t[1], key.expires_at) && add(out.api_keys, key);
}

}  // namespace everbit::exchange_upbit
