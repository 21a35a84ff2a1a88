locals {
  # Scheme, host and port: what the page is told of is what it may call.
  addressed = flatten([for address in values(var.addresses) : regexall("^((?:https|wss)://[^/?#]+)", address)])

  connect = distinct(concat(["'self'"], local.addressed, var.content_security_policy.connect))

  # No 'unsafe-inline', no 'unsafe-eval', no other origin's scripts, and no string that becomes a script: a sink takes only
  # what a policy named here has made (W3C, "Trusted Types").
  content_security_policy = join("; ", [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "img-src ${join(" ", concat(["'self'"], var.content_security_policy.images))}",
    "media-src ${join(" ", concat(["'self'"], var.content_security_policy.images))}",
    "connect-src ${join(" ", local.connect)}",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types ${length(var.content_security_policy.trusted_types) == 0 ? "'none'" : join(" ", var.content_security_policy.trusted_types)}",
  ])
}

resource "aws_cloudfront_response_headers_policy" "this" {
  name = local.name

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = true
    }
    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }
    # Two years. Not for subdomains: they may be somebody else's, where the site is at the top of a domain.
    strict_transport_security {
      access_control_max_age_sec = 63072000
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = join(", ", [for feature in ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"] : "${feature}=()"])
      override = true
    }
    # No window of another site shares this one's memory.
    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin"
      override = true
    }
  }

  # What S3 says of itself and of its bucket is nobody's business.
  remove_headers_config {
    dynamic "items" {
      for_each = ["Server", "x-amz-server-side-encryption"]
      content {
        header = items.value
      }
    }
  }

  lifecycle {
    precondition {
      # "Quotas", CloudFront Developer Guide: a header's value has at most 1,783 characters.
      condition     = length(local.content_security_policy) <= 1783
      error_message = "content_security_policy: with `addresses`, the header has ${length(local.content_security_policy)} characters, and CloudFront takes 1783. Name fewer origins, or use a wildcard such as https://*.example.com."
    }
  }
}
