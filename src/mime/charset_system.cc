#include "mime/charset_system.h"

#include <cerrno>

namespace mailtool::mime {
namespace {

// iconv_open fails with (iconv_t)-1.
bool is_open(iconv_t handle) noexcept {
  return handle != reinterpret_cast<iconv_t>(-1);
}

}  // namespace

SystemConverters::~SystemConverters() {
  for (const auto& open : open_) {
    if (open.name != nullptr) iconv_close(open.handle);
  }
}

iconv_t* SystemConverters::find(
    const std::array<const char*, 2>& names) noexcept {
  for (const auto* const name : names) {
    if (name == nullptr) continue;
    for (auto& open : open_) {
      // The names are our own: the same one is the same pointer or, at worst,
      // is opened twice.
      if (open.name != name) continue;
      iconv(open.handle, nullptr, nullptr, nullptr, nullptr);
      return &open.handle;
    }
  }
  for (const auto* const name : names) {
    if (name == nullptr) continue;
    auto* const handle = iconv_open("UTF-8", name);
    if (!is_open(handle)) continue;
    auto& open = open_[oldest_];
    oldest_ = (oldest_ + 1) % kMost;
    if (open.name != nullptr) iconv_close(open.handle);
    open = {name, handle};
    return &open.handle;
  }
  return nullptr;
}

SystemStep system_convert(iconv_t handle, std::string_view octets, char* to,
                          std::size_t room) noexcept {
  // iconv takes char** but does not write through it.
  char* in = const_cast<char*>(octets.data());
  std::size_t left = octets.size();
  std::size_t free = room;
  errno = 0;
  const auto done = iconv(handle, &in, &left, &to, &free);
  SystemStep step;
  step.taken = octets.size() - left;
  step.made = room - free;
  using enum SystemStep::End;
  if (done == static_cast<std::size_t>(-1)) {
    step.end = errno == E2BIG    ? no_room
               : errno == EINVAL ? incomplete
                                 : invalid;
  }
  return step;
}

std::size_t system_reset(iconv_t handle, char* to) noexcept {
  constexpr std::size_t kMost = 16;
  std::size_t free = kMost;
  iconv(handle, nullptr, nullptr, &to, &free);
  iconv(handle, nullptr, nullptr, nullptr, nullptr);
  return kMost - free;
}

}  // namespace mailtool::mime
