/// \file
/// FileDestination: a Maildir, or a folder with a file a message.
#pragma once

#include <memory>

#include "app/fetch_destination.h"
#include "mailtool/store/message_files.h"

namespace mailtool::app {

/// The outcome of a message as `stored` has it: what keeps one file from being
/// safe keeps the next.
[[nodiscard]] Delivery delivery_of(store::Stored stored);

class FileDestination : public Destination {
 public:
  explicit FileDestination(std::unique_ptr<store::MessageFiles> files)
      : files_(std::move(files)) {}

  Result<void> begin(std::string_view) override { return files_->begin(); }
  Result<void> write(std::string_view octets) override {
    return files_->write(octets);
  }
  void discard() noexcept override { files_->discard(); }
  Result<void> end(const store::DeliveryKey& key) override {
    return files_->end(key);
  }
  [[nodiscard]] bool due() const override { return files_->due(); }
  void seal() override { files_->seal(); }
  [[nodiscard]] bool overlaps() const override { return true; }
  std::vector<Delivery> settle() override;

 private:
  std::unique_ptr<store::MessageFiles> files_;
};

}  // namespace mailtool::app
