#include "app/imap_uid_lines.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "app/imap_folder_name.h"
#include "app/json_line.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t kMaxFolders = 100'000;

Error damaged(std::size_t line, std::string what) {
  return Error{ErrorKind::bad_input, std::move(what),
               "UID set on stdin, line " + std::to_string(line)};
}

// The members looked at. A line has each of them once at most.
struct Row {
  std::optional<std::string> type;
  std::optional<std::string> folder;
  std::optional<std::uint32_t> uidvalidity;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> exit;

  bool take(const JsonMember& member) {
    if (member.name == "type") return text(member, type);
    if (member.name == "folder") return text(member, folder);
    if (member.name == "uidvalidity") return number(member, uidvalidity);
    // The greatest number is "*", all up to the newest.
    if (member.name == "uid") {
      return number(member, uid) && *uid > 0 && *uid < imap::kStar;
    }
    return member.name != "exit" || number(member, exit);
  }

 private:
  static bool text(const JsonMember& member, std::optional<std::string>& to) {
    if (to || member.kind != Kind::string) return false;
    to = member.text;
    return true;
  }
  static bool number(const JsonMember& member,
                     std::optional<std::uint32_t>& to) {
    if (to || member.kind != Kind::number) return false;
    const auto value = parse_number(member.text, UINT32_MAX);
    if (!value) return false;
    to = static_cast<std::uint32_t>(*value);
    return true;
  }
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<std::vector<UidBlock>> read(bool allow_unterminated) {
    while (!rest_.empty()) {
      const auto end = rest_.find('\n');
      ++line_;
      if (end == rest_.npos) return damaged(line_, "line without its end");
      auto taken = take(rest_.substr(0, end));
      if (!taken) return std::move(taken).error();
      rest_.remove_prefix(end + 1);
    }
    if (!ended_ && !allow_unterminated) {
      auto cut = damaged(line_, "cut off: the summary is missing; nothing was "
                                "done");
      return std::move(cut).with_hint(
          "let the filter keep it, as jq 'select(.type==\"summary\" or …)', or "
          "say --allow-unterminated");
    }
    for (auto& folder : folders_) {
      folder.block.uids = imap::SequenceSet(std::move(folder.uids));
    }
    std::vector<UidBlock> blocks;
    blocks.reserve(folders_.size());
    for (auto& folder : folders_) blocks.push_back(std::move(folder.block));
    return blocks;
  }

 private:
  struct Folder {
    UidBlock block;
    std::vector<imap::Range> uids;
  };

  Result<void> take(std::string_view line) {
    Row row;
    const bool whole = read_json_object(
        line, [&](const JsonMember& member) { return row.take(member); });
    if (!whole) {
      return damaged(line_, "no JSON object of a message, as search --json "
                            "prints it");
    }
    if (ended_) return damaged(line_, "something behind the summary");
    if (row.type == "summary") return end(row);
    const bool message = row.folder && !row.folder->empty() &&
                         !has_line_break_or_nul(*row.folder) &&
                         row.uidvalidity && row.uid &&
                         (!row.type || *row.type == "message");
    if (!message) {
      return damaged(line_, "no folder, uidvalidity and uid of a message");
    }
    return add(name_meant(*row.folder), *row.uidvalidity, *row.uid);
  }

  Result<void> end(const Row& summary) {
    if (summary.exit != 0u) {
      return damaged(line_, "the search before has failed, or found but a part");
    }
    ended_ = true;
    return {};
  }

  Result<void> add(std::string name, std::uint32_t uidvalidity,
                   std::uint32_t uid) {
    const auto [at, fresh] = known_.try_emplace(std::move(name), folders_.size());
    if (fresh) {
      if (folders_.size() == kMaxFolders) {
        return damaged(line_, "too many folders");
      }
      folders_.push_back({{at->first, uidvalidity, {}}, {}});
    }
    auto& folder = folders_[at->second];
    if (folder.block.uidvalidity != uidvalidity) {
      return damaged(line_, "two uidvalidities of one folder");
    }
    auto& uids = folder.uids;
    if (!uids.empty() && uid > 1 && uids.back().last == uid - 1) {
      uids.back().last = uid;
    } else {
      uids.push_back({uid, uid});
    }
    return {};
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  bool ended_ = false;
  std::vector<Folder> folders_;
  std::unordered_map<std::string, std::size_t> known_;
};

}  // namespace

Result<std::vector<UidBlock>> read_uid_lines(std::string_view text,
                                             bool allow_unterminated) {
  return Reader(text).read(allow_unterminated);
}

}  // namespace mailtool::app
