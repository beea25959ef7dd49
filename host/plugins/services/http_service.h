#pragma once

#include "everbit/ext/http.h"
#include "plugins/op_table.h"
#include "plugins/services/service.h"

namespace everbit::plugins {

class Instance;
struct OpResult;

// eb.http/1 of one instance, over the host's HTTP client: one try, no redirect. https only, except
// for the origins that the settings name.
class HttpService final : public Service {
 public:
  explicit HttpService(Instance& instance);
  const void* extension() const override { return &extension_; }

 private:
  static eb_status start(void* ctx, const eb_http_request* request, std::uint64_t* op);
  static eb_status cancel(void* ctx, std::uint64_t op);

  Instance& instance_;
  eb_http_v1 extension_;
};

}  // namespace everbit::plugins
