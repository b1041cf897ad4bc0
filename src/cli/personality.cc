#include "cli/personality.h"

namespace mailtool::cli {

Personality personality_of(std::string_view program) {
  const auto slash = program.rfind('/');
  if (slash != program.npos) program.remove_prefix(slash + 1);
  if (program == "sendmail") return Personality::sendmail;
  if (program == "mailq") return Personality::mailq;
  for (const std::string_view name : {"mail", "mailx", "Mail"}) {
    if (program == name) return Personality::mail;
  }
  return Personality::mailtool;
}

std::string_view name_of(Personality personality) {
  switch (personality) {
    case Personality::mailtool: return "mailtool";
    case Personality::sendmail: return "sendmail";
    case Personality::mailq: return "mailq";
    case Personality::mail: return "mail";
  }
  return "";
}

}  // namespace mailtool::cli
