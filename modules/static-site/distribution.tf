locals {
  # Managed policies have the same id in every account ("Use managed cache policies" and "Use managed origin request policies",
  # CloudFront Developer Guide).
  caching_optimized             = "658327ea-f89d-4fab-a63d-7e88639e58f6" # As Cache-Control says, up to a year; Brotli and gzip.
  caching_disabled              = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer_except_host_header = "b689b0a8-53d0-40ab-baf2-68738e2966ac" # API Gateway knows only its own Host.

  api_address = var.api == null ? [] : [regex("^https?://(?P<host>[^/:]+)(?::(?P<port>[0-9]+))?(?P<stage>/[^/]+)?$", var.api.endpoint)]
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = local.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Custom error responses would do the same for the whole distribution: an API's 403 and 404 would become the page, and so would
# a request that the firewall refused, and a script that is missing. The function sees only what is asked of the bucket.
resource "aws_cloudfront_function" "routing" {
  name    = local.name
  comment = "Answers the addresses of a single-page application with its page."
  runtime = "cloudfront-js-2.0"
  code    = file("${path.module}/routing.js")
}

resource "aws_cloudfront_distribution" "this" {
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  default_root_object = "index.html"
  aliases             = local.domain_names
  web_acl_id          = var.web_acl_arn
  tags                = var.tags

  origin {
    origin_id                = "files"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  dynamic "origin" {
    for_each = local.api_address
    content {
      origin_id   = "api"
      domain_name = origin.value.host
      origin_path = origin.value.stage
      custom_origin_config {
        http_port              = 80
        https_port             = coalesce(origin.value.port, 443)
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
        origin_read_timeout    = 30 # API Gateway gives up after 30 s ("Quotas", API Gateway Developer Guide).
      }
    }
  }

  # Pages: asked of the bucket each time, so that a new one is seen at once.
  default_cache_behavior {
    target_origin_id           = "files"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.caching_disabled
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.routing.arn
    }
  }

  ordered_cache_behavior {
    path_pattern               = "/${var.site.hashed_folder}/*"
    target_origin_id           = "files"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.caching_optimized
    compress                   = true
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  # No redirect here: the first request would already have sent its token in the clear.
  dynamic "ordered_cache_behavior" {
    for_each = var.api == null ? [] : var.api.paths
    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "api"
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods             = ["GET", "HEAD"]
      cache_policy_id            = local.caching_disabled
      origin_request_policy_id   = local.all_viewer_except_host_header
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  # With its own certificate, CloudFront takes TLS 1.0 as well, whatever is asked for (API reference, ViewerCertificate,
  # MinimumProtocolVersion).
  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = local.certificate_arn
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? null : "TLSv1.2_2021"
  }

  lifecycle {
    precondition {
      # "Amazon CloudFront", Getting Started with Amazon Web Services in China: no certificates of ACM, and no domain of its own.
      condition     = data.aws_partition.current.partition == "aws"
      error_message = "There is no CloudFront in AWS GovCloud (US), and the one in China takes no certificates of ACM. Deploy the site to an account of the partition \"aws\"."
    }
  }
}
