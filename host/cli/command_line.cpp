#include "cli/command_line.h"

#include <iostream>

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

}  // namespace

CommandLine::CommandLine(Help help, Settings settings)
    : help_(help), options_("옵션 · Options", 100, 50) {
  add()("help,h", "이 도움말 · this help");
  add()("json", "JSON으로 출력 · print JSON");
  if (settings == Settings::kNeeded) {
    add()("config", po::value<std::string>()->default_value("/etc/everbit/everbit.toml"),
          "설정 파일 · the settings file");
  }
}

std::optional<int> CommandLine::parse(Arguments arguments, std::size_t most_words) {
  po::options_description all;
  all.add(options_).add_options()("words", po::value<Texts>());
  try {
    const auto style =
        po::command_line_style::default_style ^ po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(Texts(arguments.begin(), arguments.end()))
                  .options(all)
                  .positional(po::positional_options_description().add("words", -1))
                  .style(style)
                  .run(),
              values_);
  } catch (const po::error& error) {
    return refuse(error.what());
  }
  if (has("help")) {
    print_help();
    return kOk;
  }
  if (has("words")) words_ = values_["words"].as<Texts>();
  if (words_.size() > most_words) return refuse("unexpected: " + words_[most_words]);
  return std::nullopt;
}

int CommandLine::refuse(std::string_view why) const {
  std::cerr << "everbit " << help_.command << ": 명령을 알 수 없습니다 · " << why
            << "\n(--help 도움말 · help)\n";
  return kUsage;
}

std::filesystem::path CommandLine::config() const { return values_["config"].as<std::string>(); }

void CommandLine::print_help() const {
  std::cout << "everbit " << help_.command << ' ' << help_.usage << "\n\n"
            << help_.text << "\n\n"
            << options_
            << "\n종료 코드 · Exit codes: 0 완료 · done, 1 실패 · failed, 2 잘못된 명령 · usage\n";
}

}  // namespace everbit::cli
