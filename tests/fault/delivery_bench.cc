#include "fault/delivery_bench.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace mailtool::test {
namespace {

namespace fs = std::filesystem;
using Found = std::map<std::string, int>;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void add_files(const fs::path& folder, const std::string& suffix,
               Found& found) {
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with('.') || !name.ends_with(suffix)) continue;
    ++found[contents(entry.path())];
  }
}

Found in_maildir(const app::DestinationName& name) {
  Found found;
  add_files(name.path + "/new", "", found);
  add_files(name.path + "/cur", "", found);
  return found;
}

Found in_folder(const app::DestinationName& name) {
  Found found;
  add_files(name.path, ".eml", found);
  return found;
}

// Each from a "From " line to the empty line before the next one.
Found in_mbox(const app::DestinationName& name) {
  Found found;
  std::string message;
  bool begun = false;
  const auto take = [&] {
    if (begun) ++found[message.substr(0, message.size() - 1)];
    message.clear();
  };
  std::istringstream lines(contents(name.path));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("From MAILER-DAEMON ")) {
      take();
      begun = true;
      continue;
    }
    if (line.starts_with('>') &&
        line.substr(line.find_first_not_of('>')).starts_with("From ")) {
      line.erase(0, 1);
    }
    message += line + (lines.eof() ? "" : "\n");
  }
  take();
  return found;
}

Found from_program(const app::DestinationName& name) {
  Found found;
  add_files(name.words.back(), ".whole", found);
  return found;
}

Outlet outlet(const std::string& text,
              Found (*found)(const app::DestinationName&)) {
  return {*app::DestinationName::parse(text), found};
}

}  // namespace

Outlet maildir_outlet(const std::string& folder) {
  return outlet("maildir:" + folder + "/Mail", in_maildir);
}
Outlet mbox_outlet(const std::string& folder) {
  return outlet("mbox:" + folder + "/inbox", in_mbox);
}
Outlet folder_outlet(const std::string& folder) {
  return outlet("dir:" + folder + "/eml", in_folder);
}
Outlet pipe_outlet(const std::string& folder) {
  fs::create_directories(folder + "/programs");
  return outlet(
      "pipe:sh -c 'cat > \"$1/$$\" && mv \"$1/$$\" "
      "\"$1/$$-$MAILTOOL_UID.whole\"' deliver " +
          folder + "/programs",
      from_program);
}

std::string violation(const Outlet& outlet, const SharedMaildrop& maildrop,
                      int twice) {
  auto found = outlet.found(outlet.name);
  std::map<std::string, int> real;
  for (std::size_t i = 0; i < maildrop.messages().size(); ++i) {
    const auto& message = maildrop.messages()[i];
    const auto content = with_lf(message.content);
    real[content] = 1;
    const int count = found.contains(content) ? found[content] : 0;
    if (maildrop.deleted(i) && count == 0) return message.uid + " is lost";
    if (count > 1) twice -= count - 1;
    if (twice < 0) return message.uid + " is doubled";
  }
  for (const auto& [content, count] : found) {
    if (!real.contains(content)) return "cut or foreign: " + content;
  }
  return "";
}

std::string incomplete(const Outlet& outlet, const SharedMaildrop& maildrop,
                       int twice) {
  if (auto wrong = violation(outlet, maildrop, twice); !wrong.empty()) {
    return wrong;
  }
  auto found = outlet.found(outlet.name);
  for (const auto& message : maildrop.messages()) {
    if (!found.contains(with_lf(message.content))) {
      return message.uid + " did not arrive";
    }
  }
  return "";
}

}  // namespace mailtool::test
