mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = {
      arn            = "arn:aws:cloudfront::123456789012:distribution/E1"
      domain_name    = "d111111abcdef8.cloudfront.net"
      hosted_zone_id = "Z2FDTNDATAQYW2"
    }
  }
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/photos-site" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::photos-site-123456789012-eu-west-1" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"
  mock_resource "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
  }
  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:photos-site" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:photos-site" }
  }
}

variables {
  name = "photos"
  site = { folder = "./tests/build" }
}

run "serves_a_private_bucket_through_the_distribution_alone" {
  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls
      && aws_s3_bucket_public_access_block.this.block_public_policy
      && aws_s3_bucket_public_access_block.this.ignore_public_acls
      && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "All four ways to make the bucket public must be blocked."
  }
  assert {
    condition = (
      jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Principal == { Service = "cloudfront.amazonaws.com" }
      && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.StringEquals["aws:SourceArn"] == aws_cloudfront_distribution.this.arn
    )
    error_message = "Only this distribution may read: CloudFront as such stands for everybody's distributions."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The bucket must refuse plain HTTP."
  }
  assert {
    condition     = aws_cloudfront_origin_access_control.this.signing_behavior == "always" && one(aws_cloudfront_distribution.this.origin).origin_access_control_id == aws_cloudfront_origin_access_control.this.id
    error_message = "CloudFront must sign what it asks the bucket for."
  }
}

run "keeps_hashed_files_for_a_year_and_pages_not_at_all" {
  assert {
    condition     = keys(aws_s3_object.hashed) == ["assets/app-2b2b2b2b.js", "assets/same-0c0c0c0c.css"]
    error_message = "The files of the hashed folder must be uploaded, got ${jsonencode(keys(aws_s3_object.hashed))}."
  }
  assert {
    condition     = toset(values(aws_s3_object.hashed)[*].cache_control) == toset(["public, max-age=31536000, immutable"])
    error_message = "Hashed files must be kept for a year."
  }
  assert {
    condition     = keys(aws_s3_object.entry) == [".well-known/security.txt", "favicon.SVG", "index.html"]
    error_message = "All other files but config.json must be uploaded, got ${jsonencode(keys(aws_s3_object.entry))}."
  }
  assert {
    condition     = toset(concat(values(aws_s3_object.entry)[*].cache_control, [aws_s3_object.configuration.cache_control])) == toset(["no-cache"])
    error_message = "Browsers must ask for pages and config.json each time."
  }
  # Managed-CachingDisabled and Managed-CachingOptimized, "Use managed cache policies", CloudFront Developer Guide.
  assert {
    condition = (
      aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
      && aws_cloudfront_distribution.this.ordered_cache_behavior[0].path_pattern == "/assets/*"
      && aws_cloudfront_distribution.this.ordered_cache_behavior[0].cache_policy_id == "658327ea-f89d-4fab-a63d-7e88639e58f6"
      && aws_cloudfront_distribution.this.ordered_cache_behavior[0].compress
    )
    error_message = "CloudFront must keep and compress hashed files, and ask for the others each time."
  }
}

run "says_what_each_file_is" {
  assert {
    condition = (
      aws_s3_object.entry["index.html"].content_type == "text/html; charset=utf-8"
      && aws_s3_object.hashed["assets/app-2b2b2b2b.js"].content_type == "text/javascript; charset=utf-8"
      && aws_s3_object.hashed["assets/same-0c0c0c0c.css"].content_type == "text/css; charset=utf-8"
      && aws_s3_object.entry["favicon.SVG"].content_type == "image/svg+xml"
      && aws_s3_object.configuration.content_type == "application/json"
    )
    error_message = "With nosniff, browsers take a file for what its content type says."
  }
  assert {
    condition     = aws_s3_object.entry["index.html"].source_hash == filesha256("./tests/build/index.html")
    error_message = "A changed file must be a changed plan."
  }
}

run "keeps_hashed_files_of_earlier_builds" {
  variables {
    site = { folder = "./tests/build", earlier_folders = ["./tests/earlier"] }
  }
  assert {
    condition     = keys(aws_s3_object.hashed) == ["assets/app-1a1a1a1a.js", "assets/app-2b2b2b2b.js", "assets/same-0c0c0c0c.css"]
    error_message = "A page of the earlier build must still find its script, got ${jsonencode(keys(aws_s3_object.hashed))}."
  }
  assert {
    condition     = aws_s3_object.entry["index.html"].source == "./tests/build/index.html" && aws_s3_object.hashed["assets/same-0c0c0c0c.css"].source == "./tests/build/assets/same-0c0c0c0c.css"
    error_message = "What both builds have must be the later one's."
  }
}

run "answers_addresses_of_the_application_with_its_page" {
  assert {
    condition = (
      one(aws_cloudfront_distribution.this.default_cache_behavior[0].function_association).event_type == "viewer-request"
      && length(aws_cloudfront_distribution.this.ordered_cache_behavior[0].function_association) == 0
      && length(aws_cloudfront_distribution.this.custom_error_response) == 0
    )
    error_message = "Only what is asked of the default behavior may be answered with the page: error responses would hide an API's errors."
  }
  # "Quotas on CloudFront Functions", CloudFront Developer Guide.
  assert {
    condition     = length(aws_cloudfront_function.routing.code) <= 10240
    error_message = "A function has at most 10 KB."
  }
}

run "tells_browsers_to_run_nothing_else" {
  variables {
    addresses = {
      api     = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1"
      sign_in = "https://photos-1.auth.eu-west-1.amazoncognito.com"
      files   = "/"
    }
    configuration           = { pool = "eu-west-1_ABCDEFGHI" }
    content_security_policy = { connect = ["https://uploads.s3.eu-west-1.amazonaws.com"], images = ["blob:"], trusted_types = ["worker-url"] }
  }
  assert {
    condition     = strcontains(output.content_security_policy, "; connect-src 'self' https://a1b2c3.execute-api.eu-west-1.amazonaws.com https://photos-1.auth.eu-west-1.amazoncognito.com https://uploads.s3.eu-west-1.amazonaws.com; ")
    error_message = "The page must be free to call its addresses: ${output.content_security_policy}"
  }
  assert {
    condition = alltrue([
      for directive in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types worker-url"] :
      contains(split("; ", output.content_security_policy), directive)
    ])
    error_message = "The policy must be strict: ${output.content_security_policy}"
  }
  assert {
    condition     = !strcontains(output.content_security_policy, "unsafe")
    error_message = "No inline script and no eval."
  }
  assert {
    condition     = tomap(jsondecode(aws_s3_object.configuration.content)) == merge(var.addresses, var.configuration)
    error_message = "config.json must say what was given."
  }
  assert {
    condition = (
      aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id
      && aws_cloudfront_distribution.this.ordered_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id
      && aws_cloudfront_response_headers_policy.this.security_headers_config[0].strict_transport_security[0].access_control_max_age_sec >= 31536000
    )
    error_message = "Every answer must have the security headers."
  }
}

run "calls_nobody_unless_told" {
  assert {
    condition     = contains(split("; ", output.content_security_policy), "connect-src 'self'") && contains(split("; ", output.content_security_policy), "trusted-types 'none'")
    error_message = "A page without configuration calls its own domain only: ${output.content_security_policy}"
  }
  assert {
    condition     = output.url == "https://d111111abcdef8.cloudfront.net" && aws_cloudfront_distribution.this.viewer_certificate[0].cloudfront_default_certificate
    error_message = "Without a domain, the address is the distribution's, got ${output.url}."
  }
  assert {
    condition     = length(aws_cloudwatch_log_delivery.access) == 0 && length(aws_acm_certificate.this) == 0 && length(aws_route53_record.address) == 0
    error_message = "What was not asked for must not be there."
  }
}

run "answers_for_the_api_under_the_same_domain" {
  variables {
    api = { endpoint = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com", paths = ["/photos", "/photos/*"] }
  }
  assert {
    condition = (
      aws_cloudfront_distribution.this.ordered_cache_behavior[*].path_pattern == tolist(["/assets/*", "/photos", "/photos/*"])
      && aws_cloudfront_distribution.this.ordered_cache_behavior[1].target_origin_id == "api"
      && one([for origin in aws_cloudfront_distribution.this.origin : origin.domain_name if origin.origin_id == "api"]) == "a1b2c3.execute-api.eu-west-1.amazonaws.com"
      && one([for origin in aws_cloudfront_distribution.this.origin : one(origin.custom_origin_config) if origin.origin_id == "api"]).origin_protocol_policy == "https-only"
      && one([for origin in aws_cloudfront_distribution.this.origin : one(origin.custom_origin_config) if origin.origin_id == "api"]).https_port == 443
    )
    error_message = "The API's paths must lead to the API."
  }
  # With these two, Authorization reaches the origin ("How can I configure CloudFront to forward the Authorization header to the
  # origin?", AWS Knowledge Center).
  assert {
    condition = (
      aws_cloudfront_distribution.this.ordered_cache_behavior[1].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
      && aws_cloudfront_distribution.this.ordered_cache_behavior[1].origin_request_policy_id == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    )
    error_message = "Nothing of the API may be cached, and its tokens must reach it."
  }
  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[1].viewer_protocol_policy == "https-only" && length(aws_cloudfront_distribution.this.ordered_cache_behavior[1].function_association) == 0
    error_message = "No token may travel in the clear, and no answer of the API may become a page."
  }
}

run "answers_for_a_stage_of_a_rest_api" {
  variables {
    api = { endpoint = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1", paths = ["/items*"] }
  }
  assert {
    condition     = one([for origin in aws_cloudfront_distribution.this.origin : origin.origin_path if origin.origin_id == "api"]) == "/v1"
    error_message = "The stage must be a part of what the origin is asked for."
  }
}

run "has_its_own_domain_with_tls_1_2_at_least" {
  variables {
    domain = { names = ["photos.example.com", "www.photos.example.com"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/2", zone_id = "Z1" }
  }
  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.this.viewer_certificate[0].ssl_support_method == "sni-only"
    error_message = "Nothing before TLS 1.2 may be spoken."
  }
  assert {
    condition     = output.url == "https://photos.example.com" && aws_cloudfront_distribution.this.aliases == toset(["photos.example.com", "www.photos.example.com"])
    error_message = "The first name must be the address."
  }
  assert {
    condition     = keys(aws_route53_record.address) == ["photos.example.com A", "photos.example.com AAAA", "www.photos.example.com A", "www.photos.example.com AAAA"]
    error_message = "Each name needs an address for IPv4 and one for IPv6."
  }
  assert {
    condition     = length(aws_acm_certificate.this) == 0
    error_message = "The given certificate must do."
  }
}

run "proves_its_certificate_in_the_zone" {
  command = plan
  variables {
    domain = { names = ["photos.example.com", "www.photos.example.com"], zone_id = "Z1" }
  }
  assert {
    condition     = aws_acm_certificate.this[0].domain_name == "photos.example.com" && aws_acm_certificate.this[0].subject_alternative_names == toset(["www.photos.example.com"])
    error_message = "The certificate must be for all names."
  }
  assert {
    condition     = keys(aws_route53_record.validation) == ["photos.example.com", "www.photos.example.com"]
    error_message = "Each name must be proven."
  }
}

run "is_watched_and_logged_by_choice" {
  variables {
    web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"
    access_log  = {}
  }
  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == var.web_acl_arn
    error_message = "The web ACL must look at every request."
  }
  assert {
    condition = (
      aws_cloudwatch_log_delivery_source.access[0].resource_arn == aws_cloudfront_distribution.this.arn
      && aws_cloudwatch_log_group.access[0].retention_in_days == 30
      && length(setintersection(aws_cloudwatch_log_delivery.access[0].record_fields, ["cs-uri-query", "cs(Cookie)", "cs(Referer)"])) == 0
    )
    error_message = "Requests must be logged, without what a sign-in puts into their addresses."
  }
}

run "refuses_a_folder_that_is_not_built" {
  command = plan
  variables {
    site = { folder = "./tests/build/assets" }
  }
  expect_failures = [var.site]
}

run "refuses_what_cloudfront_or_browsers_would" {
  command = plan
  variables {
    name                    = "Photos"
    addresses               = { api = "https://a.example.com; script-src *" }
    content_security_policy = { connect = ["https://a.example.com; script-src *"] }
    api                     = { endpoint = "a1b2c3.execute-api.eu-west-1.amazonaws.com", paths = ["/*"] }
    domain                  = { names = ["https://photos.example.com"] }
    web_acl_arn             = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/site/1"
  }
  expect_failures = [var.name, var.addresses, var.content_security_policy, var.api, var.domain, var.web_acl_arn]
}

run "refuses_any_trusted_types_policy_at_all" {
  command = plan
  variables {
    content_security_policy = { trusted_types = ["*"] }
  }
  expect_failures = [var.content_security_policy]
}

run "refuses_a_certificate_of_another_region" {
  command = plan
  variables {
    domain = { names = ["photos.example.com"], certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" }
  }
  expect_failures = [var.domain]
}

run "refuses_a_policy_longer_than_a_header" {
  command = plan
  variables {
    content_security_policy = { connect = [for n in range(60) : "https://a-rather-long-host-name-${n}.example.com"] }
  }
  expect_failures = [aws_cloudfront_response_headers_policy.this]
}

run "refuses_partitions_without_cloudfront" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov" }
  }
  expect_failures = [aws_cloudfront_distribution.this]
}

# The first name is the site's address, to which the sign-in returns.
run "refuses_an_address_with_a_wildcard" {
  command = plan
  variables {
    domain = { names = ["*.example.com", "example.com"], zone_id = "Z1" }
  }
  expect_failures = [var.domain]
}
