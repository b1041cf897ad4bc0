#include "app/queue_entries.h"

#include <sys/stat.h>

#include "app/queue_add.h"
#include "app/queue_served_way.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShortestName = 4;

}  // namespace

Result<std::optional<store::QueueFolder>> existing_queue() {
  auto path = queue_folder_path();
  if (!path) return std::move(path).error();
  struct stat status {};
  // Who only looks leaves no folder behind.
  if (::stat(path->c_str(), &status) != 0 && errno == ENOENT) {
    return std::optional<store::QueueFolder>();
  }
  auto folder = store::QueueFolder::open(std::move(*path));
  if (!folder) return std::move(folder).error();
  return std::optional(std::move(*folder));
}

Result<std::optional<QueueEntry>> read_entry(const store::QueueFolder& folder,
                                             const std::string& id,
                                             std::int64_t since) {
  QueueEntry entry;
  entry.id = id;
  struct stat status {};
  if (::stat(folder.message_path(id).c_str(), &status) == 0) {
    entry.octets = static_cast<std::uint64_t>(status.st_size);
  } else {
    entry.damage = "the message is gone";
  }
  auto text = folder.peek(id);
  if (!text && text.error().kind == ErrorKind::no_input) {
    return std::optional<QueueEntry>();
  }
  if (!text) {
    if (text.error().kind != ErrorKind::bad_input) {
      return std::move(text).error();
    }
    entry.damage = text.error().what;
  } else if (entry.damage.empty()) {
    auto state = parse_queue_state(*text);
    if (state) {
      due_by_new_way(*state, since);
      entry.state = std::move(*state);
    } else {
      entry.damage = state.error().what;
    }
  }
  return std::optional(std::move(entry));
}

std::int64_t served_since(const store::QueueFolder& folder) {
  const auto way = read_served_way(folder);
  return way ? way->since : 0;
}

Result<std::vector<std::string>> ids_named(
    std::string_view word, const std::vector<std::string>& ids) {
  if (word == "all") return ids;
  std::vector<std::string> found;
  for (const auto& id : ids) {
    if (id == word) return std::vector{id};
    if (word.size() < kShortestName) continue;
    if (id.starts_with(word) || id.ends_with(word)) found.push_back(id);
  }
  const auto shown = printable(word, 60);
  if (found.empty()) {
    return Error{ErrorKind::no_input, "no such message in the queue", shown, "",
                 word.size() < kShortestName
                     ? "an id is shortened to no less than 4 letters"
                     : "mailtool queue lists them"};
  }
  if (found.size() > 1) {
    return Error{ErrorKind::usage,
                 "means " + std::to_string(found.size()) + " messages: " +
                     found[0] + ", " + found[1] + (found.size() > 2 ? "…" : ""),
                 shown, "", "give more letters of the id"};
  }
  return found;
}

}  // namespace mailtool::app
