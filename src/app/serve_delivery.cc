#include "app/serve_delivery.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "app/serve_trace.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/net/idn.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

/// Where a message goes, and what is put before it there.
struct Place {
  std::shared_ptr<ServedFolders> folders;
  std::string header;
};

/// One after the other.
class TwoSources : public Source {
 public:
  TwoSources(Source& first, Source& second) : first_(first), second_(second) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    auto count = first_.read_some(into);
    if (!count || *count > 0) return count;
    return second_.read_some(into);
  }

 private:
  Source& first_;
  Source& second_;
};

// Spooled once, and added to each folder when it is whole.
class Delivery : public serve::Incoming {
 public:
  Delivery(const std::string& folder, std::vector<Place> places)
      : spool_(folder), places_(std::move(places)) {}
  Result<void> write(std::string_view octets) override {
    return spool_.write(octets);
  }
  void end() override {
    for (const auto& place : places_) {
      StringSource header(place.header);
      const auto message = spool_.source();
      TwoSources whole(header, *message);
      // Another program may have removed the one that was there at first.
      const auto box = place.folders->inbox();
      if (box) {
        tickets_.push_back((*box)->add(whole, std::nullopt, 0));
      } else {
        tickets_.push_back(
            std::make_shared<DiskTicket>(DiskTicket{box.error()}));
      }
    }
  }
  // Where one folder fails the client will send it again: rather twice than
  // never.
  std::optional<Result<void>> outcome() override {
    for (const auto& one : tickets_) {
      if (!one->outcome) return std::nullopt;
    }
    for (const auto& one : tickets_) {
      if (!*one->outcome) return one->outcome;
    }
    return Result<void>();
  }

 private:
  store::Spool spool_;
  std::vector<Place> places_;
  std::vector<std::shared_ptr<DiskTicket>> tickets_;
};

// RFC 5321 section 4.1.2: "bob" and bob are the same.
std::string without_quotes(std::string_view local_part) {
  if (!local_part.starts_with('"')) return std::string(local_part);
  std::string name;
  for (std::size_t i = 1; i + 1 < local_part.size(); ++i) {
    if (local_part[i] == '\\') ++i;
    name += local_part[i];
  }
  return name;
}

smtp::Reply refused(const char* text) { return {550, {}, {text}}; }

}  // namespace

std::optional<std::string> ServeDelivery::user_of(
    const smtp::Mailbox& to) const {
  const auto name = without_quotes(to.local_part);
  if (users_.has(name)) return users_.name_of(name);
  // RFC 5321 section 4.5.1: there is always a postmaster.
  if (iequals(name, "postmaster")) return users_.first();
  if (!settings_.catch_all.empty()) return settings_.catch_all;
  return std::nullopt;
}

bool ServeDelivery::is_here(const smtp::Mailbox& to) const {
  if (to.domain.empty()) return true;
  const auto domain = net::to_ascii_host(to.domain);
  return domain && settings_.domains.contains(*domain);
}

std::optional<smtp::Reply> ServeDelivery::refuses(const serve::Envelope&,
                                                  const smtp::Mailbox& to) {
  if (to.address_literal()) {
    return refused("5.1.2 no mail for an address in digits, but for domains");
  }
  if (!is_here(to)) return refused("5.7.1 no mail for this domain");
  if (!user_of(to)) return refused("5.1.1 no such user");
  return std::nullopt;
}

std::string ServeDelivery::trace(const serve::Envelope& envelope) {
  const auto id =
      std::to_string(settings_.clock()) + "." + std::to_string(next_++);
  return received_field(envelope, settings_.host, id, settings_.clock());
}

Result<std::unique_ptr<serve::Incoming>> ServeDelivery::begin(
    const serve::Envelope& envelope) {
  // Who is named more than once gets it once, and sees for which addresses.
  std::map<std::string, std::string> header_of;
  for (const auto& rcpt : envelope.recipients) {
    const auto to =
        smtp::parse_mailbox(rcpt.forward_path, {.domain_optional = true});
    if (!to) return to.error();
    const auto user = user_of(*to);
    if (!user) continue;
    header_of[*user] += mime::fold_field("Delivered-To", rcpt.forward_path);
  }
  const auto sender =
      mime::fold_field("Return-Path", "<" + envelope.mail.reverse_path + ">");
  std::vector<Place> places;
  for (const auto& [user, header] : header_of) {
    auto folders = tree_.user(user);
    if (!folders) return std::move(folders).error();
    auto inbox = (*folders)->inbox();
    if (!inbox) return std::move(inbox).error();
    places.push_back({*std::move(folders), sender + header});
  }
  auto delivery =
      std::make_unique<Delivery>(disk_.temporary_folder(), std::move(places));
  if (auto wrote = delivery->write(trace(envelope)); !wrote) {
    return std::move(wrote).error();
  }
  return std::unique_ptr<serve::Incoming>(std::move(delivery));
}

}  // namespace mailtool::app
