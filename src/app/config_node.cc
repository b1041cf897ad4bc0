#include "app/config_node.h"

#include <utility>

namespace mailtool::app {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a float";
    case toml::node_type::boolean: return "a boolean";
    case toml::node_type::array: return "an array";
    case toml::node_type::table: return "a table";
    case toml::node_type::none:
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: break;
  }
  return "a date or time";
}

std::string ConfigFile::place(const toml::source_region& where) const {
  return path + ":" + std::to_string(where.begin.line) + ":" +
         std::to_string(where.begin.column);
}

Error ConfigFile::error(const toml::source_region& where,
                        std::string what) const {
  return Error{ErrorKind::config, std::move(what), place(where)};
}

std::string ConfigFile::expand_home(std::string_view path_in_file) const {
  if (home.empty() || !path_in_file.starts_with("~/"))
    return std::string(path_in_file);
  return std::string(home) + std::string(path_in_file.substr(1));
}

}  // namespace mailtool::app
