#include "mailtool/base/secret.h"

namespace mailtool {

void wipe(std::string& text) noexcept {
  // A volatile store is an effect the compiler may not remove.
  volatile char* octets = text.data();
  for (std::size_t i = 0; i < text.size(); ++i) octets[i] = 0;
  text.clear();
}

// A moved-from std::string may keep its octets in place (small strings do), so
// both moves wipe what they leave behind.
Secret::Secret(Secret&& other) noexcept : octets_(other.octets_) {
  wipe(other.octets_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(octets_);
  octets_ = other.octets_;
  wipe(other.octets_);
  return *this;
}

Secret::~Secret() { wipe(octets_); }

}  // namespace mailtool
