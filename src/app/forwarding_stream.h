/// \file
/// ForwardingStream: a Stream that hands every call on, for those that change
/// one of them.
#pragma once

#include <memory>
#include <utility>

#include "mailtool/base/stream.h"

namespace mailtool::app {

class ForwardingStream : public Stream {
 public:
  explicit ForwardingStream(std::unique_ptr<Stream> inner)
      : inner_(std::move(inner)) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    return inner_->read_some(into);
  }
  [[nodiscard]] bool readable() override { return inner_->readable(); }
  Result<bool> await_readable(std::chrono::milliseconds budget) override {
    return inner_->await_readable(budget);
  }
  Result<void> write_all(std::string_view octets) override {
    return inner_->write_all(octets);
  }
  Result<void> write_secret(std::string_view octets,
                            std::string_view shown) override {
    return inner_->write_secret(octets, shown);
  }
  Result<void> start_tls() override { return inner_->start_tls(); }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return inner_->tls();
  }
  void set_deadline(std::chrono::milliseconds budget) override {
    inner_->set_deadline(budget);
  }

 protected:
  std::unique_ptr<Stream> inner_;
};

}  // namespace mailtool::app
