#include "kakao-sim/options.h"

#include <boost/program_options.hpp>
#include <sstream>

namespace everbit::kakao_sim {
namespace {

namespace po = boost::program_options;

po::options_description describe(Options& o, std::string& cert, std::string& key, bool& no_oidc,
                                 bool& ignore_pkce) {
  po::options_description all(
      "kakao-sim: Kakao Login on a loopback port, with faults on request. Options");
  auto add = all.add_options();
  add("help,h", "this page");
  add("port", po::value(&o.port)->value_name("N")->default_value(0), "0 takes a free one");
  add("control-port", po::value(&o.control_port)->value_name("N")->default_value(0),
      "of the control API");
  add("tls-cert", po::value(&cert)->value_name("FILE"), "serve TLS with this PEM chain");
  add("tls-key", po::value(&key)->value_name("FILE"), "and this PEM key");
  add("ready-file", po::value(&o.ready_file)->value_name("FILE"),
      "write the line 'listening ...' there too, once ready");
  add("exit-with-stdin", po::bool_switch(&o.exit_with_stdin), "end when standard input closes");
  add("client-id", po::value(&o.client_id)->value_name("KEY")->default_value(o.client_id),
      "the app's REST key");
  add("client-secret",
      po::value(&o.client_secret)->value_name("TEXT")->default_value(o.client_secret),
      "empty: switched off");
  add("redirect-uri", po::value(&o.redirect_uris)->value_name("URI")->composing(),
      "registered for the app; may stand several times");
  add("issuer", po::value(&o.issuer)->value_name("URL")->default_value(o.issuer), "of id tokens");
  add("no-oidc", po::bool_switch(&no_oidc), "give no id tokens");
  add("ignore-pkce", po::bool_switch(&ignore_pkce), "take any code_verifier");
  add("user", po::value(&o.user)->value_name("ID"),
      "who logs in, unless the address has mock_user; without it a page asks");
  return all;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  std::string cert;
  std::string key;
  bool no_oidc = false;
  bool ignore_pkce = false;
  const auto description = describe(line.options, cert, key, no_oidc, ignore_pkce);
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
    if (cert.empty() != key.empty()) throw po::error("--tls-cert and --tls-key go together");
  } catch (const po::error& problem) {
    line.text = std::string("kakao-sim: ") + problem.what() + "\n";
    line.exit_status = 2;
    return line;
  }
  if (!cert.empty()) line.options.tls = upbit_sim::TlsFiles{cert, key};
  line.options.oidc = !no_oidc;
  line.options.enforce_pkce = !ignore_pkce;
  return line;
}

}  // namespace everbit::kakao_sim
