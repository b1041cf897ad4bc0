#include "mailtool/store/maildir.h"

#include <time.h>
#include <unistd.h>

#include "mailtool/store/folder.h"
#include "store/file_naming.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kKeyDigits = 2 * std::tuple_size_v<DeliveryKey>;

std::string maildir_name(const DeliveryKey& key, const std::string& host) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::to_string(now.tv_sec) + ".M" +
         std::to_string(now.tv_nsec / 1000) + "P" + std::to_string(::getpid()) +
         "Q" + std::to_string(next_in_process()) + "H" + to_string(key) + "." +
         host;
}

// The key in the second part of SECONDS.MusecPpidQcounterHkey.HOST[:2,FLAGS].
std::optional<DeliveryKey> key_in_maildir_name(std::string_view name) {
  const auto first = name.find('.');
  if (first == name.npos) return std::nullopt;
  const auto second = name.find('.', first + 1);
  if (second == name.npos || second - first < kKeyDigits + 2) {
    return std::nullopt;
  }
  if (name[second - kKeyDigits - 1] != 'H') return std::nullopt;
  return parse_delivery_key(name.substr(second - kKeyDigits, kKeyDigits));
}

}  // namespace

Result<std::unique_ptr<MessageFiles>> open_maildir(const std::string& path) {
  for (const char* folder : {"/tmp", "/new", "/cur"}) {
    if (auto made = create_folder(path + folder); !made) {
      return std::move(made).error();
    }
  }
  FolderLayout layout;
  layout.writing = path + "/tmp";
  layout.prefix = "mailtool.";
  layout.delivered = path + "/new";
  // A mail reader may move a file from new to cur meanwhile, and must not slip
  // through between.
  layout.looked_in = {path + "/new", path + "/cur"};
  layout.name = maildir_name;
  layout.key_in = key_in_maildir_name;
  return MessageFiles::open(std::move(layout));
}

}  // namespace mailtool::store
