#include "push-sim/options.h"

#include <boost/program_options.hpp>
#include <sstream>

namespace everbit::push_sim {
namespace {

namespace po = boost::program_options;

struct Raw {
  std::string cert;
  std::string key;
  std::string personality;
};

po::options_description describe(Options& o, Raw& raw) {
  po::options_description all(
      "push-sim: a push service on a loopback port, with faults on request. Options");
  auto add = all.add_options();
  add("help,h", "this page");
  add("port", po::value(&o.port)->value_name("N")->default_value(0), "0 takes a free one");
  add("control-port", po::value(&o.control_port)->value_name("N")->default_value(0),
      "of the control API");
  add("host", po::value(&o.host)->value_name("NAME")->default_value(o.host), "in endpoints");
  add("tls-cert", po::value(&raw.cert)->value_name("FILE"), "serve TLS with this PEM chain");
  add("tls-key", po::value(&raw.key)->value_name("FILE"), "and this PEM key");
  add("ready-file", po::value(&o.ready_file)->value_name("FILE"),
      "write the line 'listening ...' there too, once ready");
  add("exit-with-stdin", po::bool_switch(&o.exit_with_stdin), "end when standard input closes");
  add("personality", po::value(&raw.personality)->value_name("NAME")->default_value("rfc"),
      "rfc, fcm, mozilla, apple or wns");
  return all;
}

}  // namespace

std::optional<Personality> parse_personality(std::string_view text) {
  if (text == "rfc") return Personality::kRfc;
  if (text == "fcm") return Personality::kFcm;
  if (text == "mozilla") return Personality::kMozilla;
  if (text == "apple") return Personality::kApple;
  if (text == "wns") return Personality::kWns;
  return std::nullopt;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  Raw raw;
  const auto description = describe(line.options, raw);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(description).positional({}).run(),
              values);
    po::notify(values);
    if (values.count("help") != 0) {
      std::stringstream text;
      text << description;
      line.text = text.str();
      line.exit_status = 0;
      return line;
    }
    if (raw.cert.empty() != raw.key.empty())
      throw po::error("--tls-cert and --tls-key go together");
    const auto personality = parse_personality(raw.personality);
    if (!personality) throw po::error("no such personality");
    line.options.personality = *personality;
  } catch (const po::error& problem) {
    line.text = std::string("push-sim: ") + problem.what() + "\n";
    line.exit_status = 2;
    return line;
  }
  if (!raw.cert.empty()) line.options.tls = upbit_sim::TlsFiles{raw.cert, raw.key};
  return line;
}

}  // namespace everbit::push_sim
