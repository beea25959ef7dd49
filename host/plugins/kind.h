#pragma once

#include <optional>
#include <string_view>

namespace everbit::plugins {

// The five kinds of plugins.
enum class Kind { kStrategy, kExchange, kAuth, kNotifier, kEventBus };

// As in the manifest, plugins.lock and everbit_add_plugin().
std::optional<Kind> parse_kind(std::string_view text);
std::string_view to_string(Kind kind);

// Whether a plugin of this kind may need the shared library of this name (DT_NEEDED).
bool may_need(Kind kind, std::string_view library);

// Whether a plugin of this kind must not import this symbol: strategies and codecs open no socket,
// start no thread or process and load no code; strategies also read no clock, file or environment.
// It stops mistakes, not malice: a system call can be made without any import.
bool is_forbidden_import(Kind kind, std::string_view symbol);

// Whether the host would ever give this extension of its own to a plugin of this kind.
bool may_be_granted(Kind kind, std::string_view extension);

}  // namespace everbit::plugins
