/// \file
/// OptionValues: what options a command runs with, and where each came from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::app {

/// Values by long option name, without dashes: "envelope-from". Already
/// resolved: a flag beats MAILTOOL_* in the environment beats the config file.
class OptionValues {
 public:
  struct Value {
    std::string text;    ///< "" for a flag that takes no value
    std::string origin;  ///< "command line", "MAILTOOL_TLS", "config.toml:12:3"
  };

  void add(std::string_view name, Value value);
  /// Replaces all values of `name`.
  void set(std::string_view name, Value value);

  [[nodiscard]] bool has(std::string_view name) const;
  /// How often a flag was given: -vv is 2.
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// The last value given; nullopt when there is none.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  /// get() or `fallback`.
  [[nodiscard]] std::string get_or(std::string_view name,
                                   std::string_view fallback) const;
  /// All values in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  /// Where the last value came from: for error messages. "" when none.
  [[nodiscard]] std::string origin(std::string_view name) const;

 private:
  std::map<std::string, std::vector<Value>, std::less<>> values_;
};

}  // namespace mailtool::app
