#include "upbit-sim/control/ledger.h"

#include "upbit-sim/json/writer.h"
#include "upbit-sim/rest/render.h"

namespace everbit::upbit_sim {
namespace {

void write_fills(JsonWriter& out, const Order& order) {
  out.key("fills").open_array();
  for (const Fill& fill : order.fills) {
    out.open_object().text("uuid", fill.uuid);
    out.decimal_text("price", fill.price).decimal_text("volume", fill.volume);
    out.decimal_text("funds", fill.funds).decimal_text("fee", fill.fee);
    out.boolean("is_maker", fill.is_maker).integer("time_us", fill.time).close_object();
  }
  out.close_array();
}

void write_entry(JsonWriter& out, const Order& order) {
  out.open_object().text("account", order.account).text("uuid", order.uuid);
  if (order.identifier) out.text("identifier", *order.identifier);
  out.text("market", order.market).text("side", to_text(order.side));
  out.text("ord_type", to_text(order.type)).text("state", to_text(order.state));
  if (order.price) out.decimal_text("price", *order.price);
  if (order.volume) out.decimal_text("volume", *order.volume);
  if (order.time_in_force) out.text("time_in_force", to_text(*order.time_in_force));
  if (order.smp) out.text("smp_type", to_text(*order.smp));
  out.decimal_text("executed_volume", order.executed_volume);
  out.decimal_text("executed_funds", order.executed_funds);
  out.decimal_text("paid_fee", order.paid_fee).decimal_text("held", order.held);
  out.integer("created_us", order.created_at);
  write_fills(out, order);
  out.close_object();
}

void write_record(JsonWriter& out, const CreateRecord& record) {
  out.open_object().integer("time", record.time).text("identifier", record.identifier);
  out.text("access_key", record.access_key).integer("status", record.status);
  out.text("error", record.error).text("uuid", record.uuid);
  out.boolean("answered", record.answered).text("body", record.body).close_object();
}

}  // namespace

std::string ledger_json(const Exchange& exchange, const RestApi& rest) {
  JsonWriter out;
  out.open_object().key("accounts").open_array();
  for (const auto& [name, account] : exchange.accounts()) {
    out.open_object().text("name", name).key("balances").open_array();
    for (const auto& [currency, balance] : account.balances()) {
      write_balance(out, currency, balance);
    }
    out.close_array().close_object();
  }
  out.close_array().key("orders").open_array();
  for (const auto& order : exchange.orders()) write_entry(out, *order);
  out.close_array().key("creates").open_array();
  for (const CreateRecord& record : rest.creates()) write_record(out, record);
  return out.close_array().close_object().take();
}

}  // namespace everbit::upbit_sim
