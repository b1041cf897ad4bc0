#include "mailtool/store/message_folder.h"

#include <time.h>

#include <array>
#include <cstdio>

#include "mailtool/store/folder.h"
#include "store/file_naming.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kKeyDigits = 2 * std::tuple_size_v<DeliveryKey>;
constexpr std::string_view kSuffix = ".eml";

// The counter has enough digits to sort what one microsecond brings.
std::string eml_name(const DeliveryKey& key, const std::string&) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  std::array<char, 96> text{};
  const auto date =
      std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &utc);
  const auto rest = std::snprintf(
      text.data() + date, text.size() - date, ".%06ldZ-%06llu-",
      now.tv_nsec / 1000,
      static_cast<unsigned long long>(next_in_process() % 1'000'000));
  return std::string(text.data(), date + static_cast<std::size_t>(rest)) +
         to_string(key) + std::string(kSuffix);
}

// The key is the last thing before the suffix.
std::optional<DeliveryKey> key_in_eml_name(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  if (name.size() < kKeyDigits + 1) return std::nullopt;
  if (name[name.size() - kKeyDigits - 1] != '-') return std::nullopt;
  return parse_delivery_key(name.substr(name.size() - kKeyDigits));
}

}  // namespace

Result<std::unique_ptr<MessageFiles>> open_message_folder(
    const std::string& path) {
  if (auto made = create_folder(path); !made) return std::move(made).error();
  FolderLayout layout;
  layout.writing = path;
  layout.prefix = ".mailtool.";
  layout.delivered = path;
  layout.looked_in = {path};
  layout.name = eml_name;
  layout.key_in = key_in_eml_name;
  return MessageFiles::open(std::move(layout));
}

}  // namespace mailtool::store
