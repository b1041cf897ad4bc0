#include "cli/locale_charset.h"

#include <langinfo.h>
#include <locale.h>

#include <string>

#include "mailtool/base/ascii.h"

namespace mailtool::cli {
namespace {

bool is_utf8(std::string_view charset) {
  return iequals(charset, "UTF-8") || iequals(charset, "UTF8");
}

std::string locale_name(const app::Environment& environment) {
  for (const auto* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    auto value = environment(variable).value_or("");
    if (!value.empty()) return value;
  }
  return "C";
}

bool system_says_utf8(const std::string& name) {
  const auto locale = ::newlocale(LC_CTYPE_MASK, name.c_str(), nullptr);
  if (locale == nullptr) return false;
  const bool utf8 = is_utf8(::nl_langinfo_l(CODESET, locale));
  ::freelocale(locale);
  return utf8;
}

}  // namespace

// language [ "_" territory ] [ "." charset ] [ "@" modifier ]
bool locale_is_utf8(const app::Environment& environment) {
  const auto name = locale_name(environment);
  if (name == "C" || name == "POSIX") return false;
  const auto plain = std::string_view(name).substr(0, name.find('@'));
  const auto dot = plain.find('.');
  if (dot != plain.npos) return is_utf8(plain.substr(dot + 1));
  return system_says_utf8(name);
}

}  // namespace mailtool::cli
