// A storage account for blobprep: containers it reads, containers it writes, and the roles for one principal to do so.
// Self-contained: no modules, no registry. How to deploy it, and how to undo that, is in README.md beside this file.

targetScope = 'resourceGroup'

@description('Where the account is: a region of Azure, such as westeurope.')
param location string = resourceGroup().location

@description('Name of the account: 3 to 24 lower-case letters and digits that nobody else in Azure has.')
@minLength(3)
@maxLength(24)
param accountName string = 'blobprep${uniqueString(resourceGroup().id)}'

@description('Copies Azure keeps: LRS in one data center, ZRS in three of the region, GRS and GZRS in a second region too.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param sku string = 'Standard_LRS'

@description('Containers of inputs: datasets, module zips. The principal may read them and nothing more.')
@minLength(1)
param inputContainers string[] = ['raw']

@description('Containers of outputs. The principal may read, write and delete in them. None may be an input container too.')
@minLength(1)
param outputContainers string[] = ['prepared']

@description('Object id of the user, group or managed identity that runs blobprep. Empty grants nothing to anybody.')
param principalId string = ''

@description('What principalId is. A managed identity, like any application, is a ServicePrincipal.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param principalType string = 'User'

@description('Let the principal sign SAS tokens with its own sign-in (user delegation), good for no more than its own roles.')
param grantDelegator bool = false

@description('Public IPv4 addresses, or CIDR ranges up to /30, that may reach the account, such as 203.0.113.7.')
param allowedAddresses string[] = []

@description('What happens to all other addresses. Allow opens the account to every network; credentials are needed still.')
@allowed([
  'Deny'
  'Allow'
])
param otherAddresses string = 'Deny'

@description('Accept the account key, and SAS tokens signed with it. The classic recipe needs it; whoever has the key has everything.')
param allowSharedKeyAccess bool = false

@description('WARNING: INSECURE. Turns "secure transfer required" OFF: the account then answers plain http, and anyone on the way reads and alters data, blob names and SAS tokens. Only for the walk-through of the classic recipe, with data that is public anyway. Leave it false.')
param allowInsecureHttp bool = false

@description('Days that deleted blobs and containers, and earlier versions of blobs, can be brought back.')
@minValue(1)
@maxValue(365)
param retentionDays int = 7

// Azure's built-in roles; their ids are the same in every tenant.
var blobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'

var readable = empty(principalId) ? [] : inputContainers
var writable = empty(principalId) ? [] : outputContainers

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: accountName
  location: location
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: !allowInsecureHttp
    minimumTlsVersion: 'TLS1_2'
    allowSharedKeyAccess: allowSharedKeyAccess
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    networkAcls: {
      defaultAction: otherAddresses
      bypass: 'AzureServices'
      ipRules: [for address in allowedAddresses: {
        action: 'Allow'
        value: address
      }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
  }
}

// A run writes its manifest again and again as a sign of life; without this rule every version would be kept for good.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  dependsOn: [
    blobs
  ]
  properties: {
    policy: {
      rules: [
        {
          name: 'forget-earlier-versions'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: retentionDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource inputs 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [for name in inputContainers: {
  parent: blobs
  name: name
  properties: {
    publicAccess: 'None'
  }
}]

resource outputs 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [for name in outputContainers: {
  parent: blobs
  name: name
  properties: {
    publicAccess: 'None'
  }
}]

resource inputRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, index) in readable: {
  scope: inputs[index]
  name: guid(inputs[index].id, principalId, blobDataReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataReader)
    principalId: principalId
    principalType: principalType
    description: 'blobprep reads inputs from ${name}'
  }
}]

resource outputRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, index) in writable: {
  scope: outputs[index]
  name: guid(outputs[index].id, principalId, blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: principalId
    principalType: principalType
    description: 'blobprep writes outputs to ${name}'
  }
}]

// Azure hands out user delegation keys per account only; the role lets nobody touch data by itself.
resource delegatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (grantDelegator && !empty(principalId)) {
  scope: account
  name: guid(account.id, principalId, blobDelegator)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDelegator)
    principalId: principalId
    principalType: principalType
    description: 'blobprep signs SAS tokens with its own sign-in'
  }
}

@description('Name of the account.')
output accountName string = account.name

@description('Address of its Blob service.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Text of a blobprep.toml for the account. It holds no secret.')
output blobprepToml string = join([
  'default_account = "${account.name}"'
  ''
  '[accounts.${account.name}]'
  'protocol = "https"'
  'endpoint_suffix = "${environment().suffixes.storage}"'
  allowSharedKeyAccess ? 'credential = "key"\nkey_env = "BLOBPREP_KEY"' : 'credential = "default"'
  ''
], '\n')
