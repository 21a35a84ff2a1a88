data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # "POST /items" → { method = "POST", path = "/items" }
  routes = {
    for key, route in var.routes : key => {
      method   = split(" ", key)[0]
      path     = split(" ", key)[1]
      function = route.function
      scopes   = route.scopes
    }
  }

  # Every path with the paths above it, each of which is a resource: "/a/b" needs "/a".
  paths = distinct(flatten([
    for route in values(local.routes) : [
      for depth in range(2, length(split("/", route.path)) + 1) : join("/", slice(split("/", route.path), 0, depth))
    ] if route.path != "/"
  ]))

  # A resource names its parent, and for_each cannot refer to its own resource: so there is one block a depth.
  paths_by_depth = { for path in local.paths : length(split("/", path)) - 1 => path... }

  resource_ids = merge(
    { "/" = aws_api_gateway_rest_api.this.root_resource_id },
    { for path, resource in aws_api_gateway_resource.depth_1 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.depth_2 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.depth_3 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.depth_4 : path => resource.id },
  )
}

resource "aws_api_gateway_rest_api" "this" {
  name = var.name
  tags = var.tags

  endpoint_configuration {
    types = [var.endpoint_type]
  }
}

resource "aws_api_gateway_authorizer" "cognito" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  name          = "cognito"
  type          = "COGNITO_USER_POOLS"
  provider_arns = var.user_pool_arns
}

resource "aws_api_gateway_resource" "depth_1" {
  for_each    = toset(try(local.paths_by_depth[1], []))
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "depth_2" {
  for_each    = toset(try(local.paths_by_depth[2], []))
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_1[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "depth_3" {
  for_each    = toset(try(local.paths_by_depth[3], []))
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_2[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "depth_4" {
  for_each    = toset(try(local.paths_by_depth[4], []))
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_3[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_method" "this" {
  for_each             = local.routes
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.resource_ids[each.value.path]
  http_method          = each.value.method
  authorization        = "COGNITO_USER_POOLS"
  authorizer_id        = aws_api_gateway_authorizer.cognito.id
  authorization_scopes = each.value.scopes
  api_key_required     = length(local.clients) > 0
}

resource "aws_api_gateway_integration" "this" {
  for_each                = local.routes
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.this[each.key].resource_id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST" # How Lambda is invoked, whatever the route's method.
  uri                     = "arn:${data.aws_partition.current.partition}:apigateway:${data.aws_region.current.id}:lambda:path/2015-03-31/functions/${var.functions[each.value.function]}/invocations"
}
