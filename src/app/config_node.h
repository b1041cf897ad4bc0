/// \file
/// Nodes of the config file: what they are called and where they stand.
#pragma once

#include <string>
#include <string_view>

#include "app/toml.h"
#include "mailtool/base/error.h"

namespace mailtool::app {

/// "a string", "a table".
[[nodiscard]] std::string type_name(const toml::node& node);

/// The file that is read: its printable name, and what "~" stands for.
struct ConfigFile {
  std::string path;
  std::string_view home;

  /// "/home/bob/.config/mailtool/config.toml:12:3"
  [[nodiscard]] std::string place(const toml::source_region& where) const;
  /// Of kind config, with the place as its step.
  [[nodiscard]] Error error(const toml::source_region& where,
                            std::string what) const;
  /// "~/x" below the home folder; every other text as it is.
  [[nodiscard]] std::string expand_home(std::string_view path_in_file) const;
};

}  // namespace mailtool::app
