#include "eb.hpp"
#include "everbit/manifest.h"
#include "exchange-upbit/codec_table.h"

EB_MANIFEST(
    "generation=1\n"
    "kind=exchange\n"
    "id=kr.everbit.exchange-upbit\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n");

namespace everbit::exchange_upbit {

// One instance. Nothing but scratch memory lives from one call to the next.
class Upbit {
 public:
  Upbit(const eb::Host& host, const eb_create_args& args) : codec_(host) {
    if (args.n_params != 0) throw eb::Failure(EB_ERR_UNKNOWN_KEY, "exchange-upbit has no settings");
  }

  const Codec& codec() const { return codec_; }

  static const void* extension(std::string_view id) noexcept {
    return id == EB_EXT_EXCHANGE ? &CodecTable<Upbit>::kTable : nullptr;
  }

 private:
  Codec codec_;
};

}  // namespace everbit::exchange_upbit

EB_PLUGIN(everbit::exchange_upbit::Upbit)
