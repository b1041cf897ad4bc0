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

std::string charset_of_system(const std::string& name) {
  const auto locale = ::newlocale(LC_CTYPE_MASK, name.c_str(), nullptr);
  if (locale == nullptr) return "";
  std::string charset = ::nl_langinfo_l(CODESET, locale);
  ::freelocale(locale);
  return charset;
}

}  // namespace

// language [ "_" territory ] [ "." charset ] [ "@" modifier ]
std::string locale_charset(const app::Environment& environment) {
  const auto name = locale_name(environment);
  if (name == "C" || name == "POSIX") return "";
  const auto plain = name.substr(0, name.find('@'));
  const auto dot = plain.find('.');
  return dot == plain.npos ? charset_of_system(name) : plain.substr(dot + 1);
}

bool locale_is_utf8(const app::Environment& environment) {
  return is_utf8(locale_charset(environment));
}

}  // namespace mailtool::cli
