#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace everbit::test {

// A plain socket, because a decent HTTP client would not send what these tests send.
class RawClient {
 public:
  explicit RawClient(const std::filesystem::path& unix_socket);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  // False: not all of it went out.
  bool send(std::string_view text) const;
  // What comes until the peer closes, or until `until` stands in it; "<timeout>" at its end when
  // neither happens within 20 s.
  std::string receive(std::string_view until = "\x01") const;

 private:
  int descriptor_;
  bool connected_ = false;
};

// One request, then the end: what the peer answers.
std::string ask_raw(const std::filesystem::path& unix_socket, std::string_view request);
// GET, PUT … with a JSON body; Connection: close.
std::string ask(const std::filesystem::path& unix_socket, std::string_view method,
                std::string_view path, std::string_view body = {});

}  // namespace everbit::test
