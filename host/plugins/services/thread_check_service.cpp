#include "plugins/services/thread_check_service.h"

#include "plugins/instance.h"

namespace everbit::plugins {

namespace {

eb_bool on_strand(void* ctx) {
  return static_cast<const Instance*>(ctx)->strand().on_strand() ? 1 : 0;
}

}  // namespace

ThreadCheckService::ThreadCheckService(const Instance& instance)
    : extension_{sizeof(eb_thread_check_v1), 0, const_cast<Instance*>(&instance), on_strand} {}

}  // namespace everbit::plugins
