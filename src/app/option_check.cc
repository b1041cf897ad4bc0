#include "app/option_check.h"

#include <string>
#include <vector>

#include "app/quantity.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShown = 80;

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what)};
}

std::string in_quotes(std::string_view value) {
  return "'" + printable(value, kShown) + "'";
}

Result<void> check_choice(const Option& option, std::string_view value) {
  std::string list;
  for (const auto choice : split(option.choices, '|')) {
    if (choice == value) return {};
    if (!list.empty()) list += ", ";
    list += choice;
  }
  return wrong(in_quotes(value) + " is not one of " + list);
}

}  // namespace

Result<void> check_value(const Option& option, std::string_view value) {
  if (has_line_break_or_nul(value)) {
    return wrong("CR, LF or NUL in the value");
  }
  switch (option.kind) {
    case ValueKind::choice: return check_choice(option, value);
    case ValueKind::duration:
      if (auto parsed = parse_duration(value); !parsed) {
        return wrong(in_quotes(value) + " is " + parsed.error().what);
      }
      return {};
    case ValueKind::size:
      if (auto parsed = parse_size(value); !parsed) {
        return wrong(in_quotes(value) + " is " + parsed.error().what);
      }
      return {};
    case ValueKind::number:
      if (!parse_number(value, UINT32_MAX)) {
        return wrong(in_quotes(value) + " is not a number");
      }
      return {};
    case ValueKind::file:
    case ValueKind::folder:
    case ValueKind::account:
    case ValueKind::url:
    case ValueKind::mailbox:
    case ValueKind::secret:
    case ValueKind::destination:
      if (value.empty()) return wrong("the value is empty");
      return {};
    case ValueKind::none:
    case ValueKind::text: return {};
  }
  return {};
}

}  // namespace mailtool::app
