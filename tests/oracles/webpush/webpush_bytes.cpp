// Reads one request a line, answers one line; all values base64url:
//   fixed P256DH AUTH SENDER_SCALAR SENDER_POINT SALT PADDING TEXT → body
//   fresh P256DH AUTH TEXT → body, or "refused"
//   vapid SUBJECT PUBLIC PRIVATE ORIGIN NOW → header, or "refused" (SUBJECT, ORIGIN, NOW as they
//   are)
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "notify-webpush/base64.h"
#include "notify-webpush/encryption.h"
#include "notify-webpush/vapid.h"

namespace {

using namespace everbit::notify_webpush;

std::string answer(const std::vector<std::string>& words) {
  if (words.size() >= 7 && words[0] == "fixed") {
    const auto receiver = parse_receiver(words[1], words[2]);
    const Key sender =
        import_pair(decode_base64(words[3]).value(), decode_base64(words[4]).value());
    if (!receiver || !sender) return "refused";
    const std::string text = words.size() > 7 ? decode_base64(words[7]).value() : "";
    return base64url(encrypt_with(text, *receiver, *sender, decode_base64(words[5]).value(),
                                  std::stoul(words[6])));
  }
  if (words.size() >= 3 && words[0] == "fresh") {
    const auto receiver = parse_receiver(words[1], words[2]);
    if (!receiver) return "refused";
    const auto body = encrypt(words.size() > 3 ? decode_base64(words[3]).value() : "", *receiver);
    return body ? base64url(*body) : "refused";
  }
  if (words.size() == 6 && words[0] == "vapid") {
    auto vapid = Vapid::make(words[1], words[2], words[3]);
    return vapid ? vapid->authorization(words[4], std::stoll(words[5])) : "refused";
  }
  return "unknown request";
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    std::cout << answer(words) << std::endl;
  }
}
