#include "app/option_values.h"

#include <utility>

namespace mailtool::app {

void OptionValues::add(std::string_view name, Value value) {
  values_[std::string(name)].push_back(std::move(value));
}

void OptionValues::set(std::string_view name, Value value) {
  auto& values = values_[std::string(name)];
  values.clear();
  values.push_back(std::move(value));
}

bool OptionValues::has(std::string_view name) const {
  return values_.find(name) != values_.end();
}

std::size_t OptionValues::count(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? 0 : found->second.size();
}

std::optional<std::string> OptionValues::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.back().text;
}

std::string OptionValues::get_or(std::string_view name,
                                 std::string_view fallback) const {
  return get(name).value_or(std::string(fallback));
}

std::vector<std::string> OptionValues::all(std::string_view name) const {
  std::vector<std::string> texts;
  const auto found = values_.find(name);
  if (found == values_.end()) return texts;
  for (const auto& value : found->second) texts.push_back(value.text);
  return texts;
}

std::string OptionValues::origin(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "" : found->second.back().origin;
}

}  // namespace mailtool::app
